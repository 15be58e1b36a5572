import pytest

from orchestras.words import in_words


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("*/10 7-18 * * 1-5", "Every 10 minutes, 07:00 to 18:50, Monday to Friday"),
        ("* * * * *", "Every minute"),
        ("*/15 * * * *", "Every 15 minutes"),
        ("0 * * * *", "Every hour at :00"),
        ("5 */2 * * *", "Every 2 hours at :05"),
        ("30 9-17 * * MON-FRI", "Every hour, 09:30 to 17:30, Monday to Friday"),
        ("0 7 * * *", "Every day at 07:00"),
        ("0 7,19 * * *", "Every day at 07:00 and 19:00"),
        ("30 7 * * 1", "At 07:30, Monday"),
        ("0 8 * * 0,6", "At 08:00, Sunday and Saturday"),
        ("0 8 1 * *", "At 08:00, on the 1st"),
        ("0 8 2,15 JAN *", "At 08:00, on the 2nd and 15th, in January"),
        ("0 8 L * *", "At 08:00, on the last day of the month"),
        ("0 0 * * 7", "At 00:00, Sunday"),
    ],
)
def test_common_schedules_are_said_in_words(cron: str, words: str) -> None:
    assert in_words(cron) == words


@pytest.mark.parametrize("cron", ["", "1-30/7 3 * * *", "0 8 * * 1#2", "*/7,3 * * * *", "no cron"])
def test_an_unusual_schedule_is_left_to_its_cron(cron: str) -> None:
    assert in_words(cron) == ""
