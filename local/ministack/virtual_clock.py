"""The virtual clock inside MiniStack: time runs `speed` times as fast from `epoch_ms` on.

Only what tells the time of day is replaced (time.time and friends, datetime.now). Monotonic clocks, sleeps, timeouts
of threads and the event loop stay real. Must be installed before MiniStack is imported.
"""

import datetime as datetime_module
import time as time_module

_real_time = time_module.time
_real_datetime = datetime_module.datetime

speed = 1.0
_epoch = 0.0


def now() -> float:
    """The virtual time, in seconds since the epoch."""
    return _epoch + (_real_time() - _epoch) * speed


def install(epoch_ms: float, speed_factor: float) -> None:
    """Makes every later `time.time()` and `datetime.now()` of this process virtual."""
    global speed, _epoch
    speed, _epoch = speed_factor, epoch_ms / 1000
    if speed == 1:
        return
    gmtime, localtime, strftime = time_module.gmtime, time_module.localtime, time_module.strftime
    time_module.time = now
    time_module.time_ns = lambda: int(now() * 1e9)
    time_module.gmtime = lambda seconds=None: gmtime(now() if seconds is None else seconds)
    time_module.localtime = lambda seconds=None: localtime(now() if seconds is None else seconds)
    time_module.strftime = lambda pattern, moment=None: strftime(
        pattern, time_module.localtime() if moment is None else moment
    )
    datetime_module.datetime = _VirtualDatetime


class _IsDatetime(type):
    """A datetime made before or beside the replacement is still a datetime."""

    def __instancecheck__(cls, instance):
        return isinstance(instance, _real_datetime)

    def __subclasscheck__(cls, subclass):
        return issubclass(subclass, _real_datetime)


class _VirtualDatetime(_real_datetime, metaclass=_IsDatetime):
    @classmethod
    def now(cls, tz=None):
        return cls.fromtimestamp(now(), tz)

    @classmethod
    def utcnow(cls):
        return cls.fromtimestamp(now(), datetime_module.timezone.utc).replace(tzinfo=None)

    @classmethod
    def today(cls):
        return cls.fromtimestamp(now())


def epoch_ms() -> float:
    """The real time, in milliseconds since the epoch, at which virtual and real time were the same."""
    return _epoch * 1000
