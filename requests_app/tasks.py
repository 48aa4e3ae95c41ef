"""Background work of the desk: due dates and rules that wait for time to pass."""

from __future__ import annotations

from procrastinate.contrib.django import app

from requests_app.services import keeping, ruling

# The rest waits for the next minute, so that no run goes on for hours.
CLOSED_AT_ONCE = 500


@app.periodic(cron="* * * * *")
@app.task(name="requests_app.keep_time", queueing_lock="requests_app.keep_time", pass_context=True)
def keep_time(context: object, timestamp: int) -> dict[str, int]:
    """Every minute: warnings, breaches, and what rules close. A run whose worker was killed needs
    no repetition: the next one does what it left."""
    job_id = getattr(getattr(context, "job", None), "id", "") or ""
    counts = keeping.notice_all(keeping.keeper(job_id))
    return counts | {"closed": ruling.close_silent(CLOSED_AT_ONCE)}
