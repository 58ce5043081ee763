"""The alarm engine: pure NumPy over columns; no clock, no I/O, nothing but arguments.

    rules = compile_rules(register)          once a snapshot
    state = State.new(rules)                 or restore(rules, rows), or carry(...) when the rules change
    evaluate(rules, state, samples, now)     each batch: events, and the samples that came too late
    tick(rules, state, now)                  each second: silence, and delays that ripen without a sample
    begin_anew(state, now)                   after a time in which nobody could be heard
    episodes(rules, tag, samples)            closed episodes found in late samples and their neighbours

An alarm of a rule goes through four phases, by the times of the samples:

    NORMAL   --violates-->            PENDING    (start of the episode)
    PENDING  --on-delay over-->       ACTIVE     event "raised";  any sample that does not violate: NORMAL
    ACTIVE   --beyond the deadband--> CLEARING   violates or is inside the deadband again: ACTIVE
    CLEARING --off-delay over-->      NORMAL     event "cleared"

A limit is violated at `value >= limit` (low limits: `<=`); a rate at `|change| per minute >= limit`. A sample
of bad quality changes nothing but the rule for bad quality; only a value outside the sensor's range that is
beyond a limit violates that limit instead. Nothing is ever cleared for want of samples.
"""
