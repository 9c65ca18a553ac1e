"""The queues, and the whole timetable of what beats."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings

from config import roles, watching  # noqa: F401 - plug themselves into every worker

app = Celery("odometer", broker=settings.REDIS_URL)
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    task_ignore_result=True,
    task_default_queue="default",
    task_serializer="json",
    accept_content=["json"],
    task_time_limit=1800,
    broker_connection_retry_on_startup=True,
    # A wake-up may be lost; a request must never wait for a broker that is down.
    broker_connection_timeout=1,
    broker_transport_options={
        "visibility_timeout": 3600,  # above the longest task (kombu 337)
        "unacked_restore_throttle": 1,
        "socket_connect_timeout": 1,
        "max_retries": 0,
    },
    task_routes={"chain.tasks.*": {"queue": "chain"}},
    worker_hijack_root_logger=False,
    # The timetable stands below; a schedule on disk, cut short by a kill, made beat sleep for the
    # five minutes that it sleeps at most.
    beat_scheduler="celery.beat:Scheduler",
    beat_max_loop_interval=1,
    worker_enable_remote_control=False,
)
app.autodiscover_tasks()

QUEUES = ("default", "chain", "builder")

app.conf.beat_schedule = {
    "sweep": {"task": "work.tasks.sweep", "schedule": 2.0, "options": {"expires": 2}},
    "index": {"task": "chain.tasks.index_blocks", "schedule": 1.0, "options": {"expires": 1}},
    "campaigns": {
        "task": "marketplace.tasks.advance_campaigns",
        "schedule": 5.0,
        "options": {"expires": 5},
    },
    "pins": {
        "task": "storage.tasks.ask_for_pin_audit",
        "schedule": min(settings.PIN_AUDIT_EVERY_S, 60.0),
        "options": {"expires": 60},
    },
    "keys": {
        "task": "config.tasks.copy_keys",
        "schedule": min(max(settings.BACKUP_KEYS_EVERY_S / 10, 1.0), 30.0),
        "options": {"expires": 30},
    },
    "send": {"task": "chain.tasks.send_calls", "schedule": 1.0, "options": {"expires": 1}},
    **{
        f"beat-{queue}": {
            "task": "work.tasks.beat",
            "schedule": 10.0,
            "args": [queue],
            "options": {"queue": queue, "expires": 10},
        }
        for queue in QUEUES
    },
}
