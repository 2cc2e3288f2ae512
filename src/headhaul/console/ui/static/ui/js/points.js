// Arrow keys go along a chart from point to point: the tooltip shows it and a live region says it.
import { dollars } from "./chart.js";
import { behaviour } from "./dom.js";

behaviour("[data-chart][tabindex]", (place) => {
  const { days, series } = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const said = place.parentElement.querySelector("[data-chart-said]");
  let at = -1;
  place.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -days.length, End: days.length }[event.key];
    if (!step) return;
    event.preventDefault();
    at = Math.min(days.length - 1, Math.max(0, at + step));
    window.echarts?.getInstanceByDom(place)?.dispatchAction({ type: "showTip", seriesIndex: 0, dataIndex: at });
    const values = series.map(({ name, values, money }) => `${name} ${values[at] == null ? "not known" : money ? dollars(values[at]) : values[at]}`);
    said.textContent = `${days[at]}: ${values.join(", ")}`;
  });
});
