"""Carriers × drivers, exactly, in one set-based run; the score, its reasons, and what a change of the pool does.

    geo = geography()                                             # places and distances, once per process
    place = geo.places_of(zip3=zip3, state=state_numbers(codes))  # −1 unknown, −2 foreign
    found = match(carriers, drivers, geo, MatchSettings())        # MatchColumns, the whole census at once
    scored = score(found, carriers, ScoreSettings())              # ScoreColumns
    parts = breakdown(carriers, rows, drivers, geo, settings)     # by family, job, state, for some rows
    why = explain(...)                                            # one carrier: reasons in words and points
    then = simulate(...)                                          # who crosses the threshold if the pool changes

Plain NumPy: no Django, no database, no clock.
"""
