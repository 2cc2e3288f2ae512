// Lines, bars and waterfalls. The library is only on pages that have one; colours come from the tokens, tooltips stay inside the canvas.
import { behaviour } from "./dom.js";

const token = (name) => {
  const probe = document.createElement("i");
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const colour = getComputedStyle(probe).color;
  probe.remove();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 1;
  const pen = canvas.getContext("2d");
  pen.fillStyle = colour;
  pen.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pen.getImageData(0, 0, 1, 1).data;
  return `rgba(${red},${green},${blue},${alpha / 255})`;
};

const options = ({ days, series, threshold }) => {
  const [ink, line, accent, faint, paper, strong] = ["--ink-soft", "--line", "--accent", "--ink-faint", "--paper-float", "--ink"].map(token);
  const hasBars = series.some((one) => one.bars);
  const colours = [accent, hasBars ? strong : faint];
  const text = { color: ink, fontSize: 11, fontFamily: getComputedStyle(document.body).fontFamily };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 180,
    grid: { left: series[0].money ? 52 : 36, right: series.length > 1 ? 44 : 12, top: 28, bottom: 24 },
    legend: { top: 0, right: 0, itemWidth: 14, itemHeight: hasBars ? 8 : 2, textStyle: text, show: series.length > 1 },
    tooltip: { trigger: "axis", renderMode: "richText", backgroundColor: paper, borderColor: line, textStyle: text },
    xAxis: { type: "category", data: days, boundaryGap: hasBars, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { ...text, hideOverlap: true } },
    yAxis: series.map((one, index) => ({
      type: "value", min: 0, max: one.max, minInterval: one.values.every((value) => value == null || Number.isInteger(value)) ? 1 : undefined, axisLabel: one.money ? { ...text, formatter: dollars } : text, position: index ? "right" : "left",
      splitLine: { show: !index, lineStyle: { color: line } },
    })),
    series: series.map((one, index) => ({
      name: one.name, type: one.bars ? "bar" : "line", data: one.values, yAxisIndex: index, connectNulls: false, barMaxWidth: 36, z: 2 + index,
      showSymbol: days.length < 3 || hasBars, symbol: hasBars ? "circle" : "emptyCircle", symbolSize: hasBars ? 9 : 5, tooltip: { valueFormatter: (value) => (value == null ? "not known" : one.money ? dollars(value) : value.toLocaleString("en-US")) },
      lineStyle: { width: hasBars ? 0 : index ? 1.5 : 2, type: index ? [4, 3] : "solid", color: colours[index] }, itemStyle: one.bars ? { color: colours[index], borderRadius: [2, 2, 0, 0] } : { color: colours[index], ...(hasBars && { borderColor: paper, borderWidth: 1.5 }) },
      markLine: !index && threshold ? { silent: true, symbol: "none", data: [{ yAxis: threshold }], lineStyle: { color: faint, type: [2, 3] }, label: { ...text, formatter: `opens at ${threshold}`, position: "insideEndTop" } } : undefined,
    })),
  };
};

export const dollars = (value) => `$${Math.abs(value) >= 1e6 ? `${(value / 1e6).toFixed(1)}M` : Math.abs(value) >= 1e4 ? `${Math.round(value / 1e3)}k` : value.toLocaleString("en-US")}`;

// Upright where there is room for the words below the bars, lying where there is not.
const waterfall = ({ labels, base, series }, width) => {
  const [ink, line, faint, good, bad] = ["--ink-soft", "--line", "--ink-faint", "--good-ink", "--bad-ink"].map(token);
  const text = { color: ink, fontSize: 11, fontFamily: getComputedStyle(document.body).fontFamily };
  const colours = [faint, good, bad];
  const signs = ["", "+", "−"];
  const lies = width < 64 * labels.length;
  const bar = { type: "bar", stack: "steps", barMaxWidth: 56, barCategoryGap: "28%" };
  const steps = { type: "category", data: labels, inverse: lies, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, axisLabel: { ...text, interval: 0 } };
  const amounts = { type: "value", axisLabel: { ...text, formatter: dollars, hideOverlap: true }, splitLine: { lineStyle: { color: line } } };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 180,
    grid: lies ? { left: 84, right: 48, top: 4, bottom: 24 } : { left: 48, right: 12, top: 28, bottom: 28 },
    xAxis: lies ? amounts : steps,
    yAxis: lies ? steps : amounts,
    series: [
      { ...bar, data: base, silent: true, itemStyle: { color: "transparent" } },
      ...series.map((one, index) => ({
        ...bar, name: one.name, data: one.values.map((value) => value || null), itemStyle: { color: colours[index], borderRadius: 2 },
        label: { ...text, show: true, position: lies ? "right" : "top", formatter: ({ value }) => (value ? signs[index] + dollars(value) : "") },
      })),
    ],
  };
};

const KINDS = { waterfall };

behaviour("[data-chart]", (place) => {
  const data = JSON.parse(document.getElementById(place.dataset.chart).textContent);
  const draw = () => {
    const chart = window.echarts.getInstanceByDom(place) ?? window.echarts.init(place, null, { renderer: "canvas" });
    chart.setOption((KINDS[data.kind] ?? options)(data, place.clientWidth), true);
    return chart;
  };
  const start = () => {
    const chart = draw();
    new ResizeObserver(() => draw().resize()).observe(place);
    document.addEventListener("theme", draw);
    for (const query of ["(prefers-color-scheme: dark)", "print"]) matchMedia(query).addEventListener("change", draw);
  };
  if (window.echarts) start();
  else document.querySelector("script[data-echarts]")?.addEventListener("load", start);
});
