"""Background work of mail: jobs carry ids, never data; each may be done twice."""

from __future__ import annotations

import logging

from procrastinate.contrib.django import app

from audit import actors

log = logging.getLogger(__name__)


@app.task(name="requests_app.send_mail")
def send(mail_id: int) -> str:
    from requests_app.mail import sending

    return sending.send(mail_id, by=actors.job("requests_app.send_mail", mail_id))


@app.periodic(cron="* * * * *")
@app.task(name="requests_app.send_waiting_mail", queueing_lock="requests_app.send_waiting_mail")
def send_waiting(timestamp: int) -> int:
    """Each minute: what failed once and is to be tried again, and what a killed worker left."""
    from requests_app.mail import sending

    waiting = sending.due()
    for mail_id in waiting:
        sending.send(mail_id, by=actors.job("requests_app.send_waiting_mail", timestamp))
    return len(waiting)


@app.periodic(cron="* * * * *")
@app.task(name="requests_app.fetch_mail", queueing_lock="requests_app.fetch_mail",
          lock="requests_app.fetch_mail")  # fmt: skip
def fetch(timestamp: int) -> int:
    """Each minute: new mail of all mailboxes that name a server. One that fails, waits."""
    from requests_app.mail import fetching

    fetched = fetching.fetch_all(by=actors.job("requests_app.fetch_mail", timestamp))
    for result in fetched:
        if result.fault:
            log.warning("mailbox %s: %s", result.mailbox.pk, result.fault)
    return sum(result.received for result in fetched)
