"""Every refusal is a problem document in the reader's language."""

from django.utils import translation
from rest_framework import serializers
from rest_framework.exceptions import MethodNotAllowed, NotAuthenticated

from common import errors
from config import problems


class NotEnough(errors.Conflict):
    code = "not_enough"
    title = "Not enough"
    detail = "%(asked)s asked; %(left)s left."


def test_a_refusal_carries_its_facts_and_what_would_pass():
    response = problems.answer(NotEnough(asked=7, left=3, suggestion={"amount": 3}), {})
    assert response is not None
    assert response.status_code == 409
    assert response.data["code"] == "not_enough"
    assert response.data["detail"] == "7 asked; 3 left."
    assert response.data["facts"] == {"asked": 7, "left": 3}
    assert response.data["suggestion"] == {"amount": 3}


def test_the_family_decides_the_status():
    statuses = {
        errors.InvalidInput: 422,
        errors.NotAllowed: 403,
        errors.NotFound: 404,
        errors.Conflict: 409,
        errors.Unavailable: 503,
    }
    for family, status in statuses.items():
        assert problems.status_of(family()) == status


def test_an_unavailable_part_says_when_to_come_back():
    response = problems.answer(errors.Unavailable(), {})
    assert response is not None
    assert response["Retry-After"] == "2"


def test_a_wrong_shape_names_each_field():
    class Form(serializers.Serializer):
        size = serializers.IntegerField()

    form = Form(data={"size": "many"})
    try:
        form.is_valid(raise_exception=True)
    except serializers.ValidationError as error:
        response = problems.answer(error, {})
    assert response is not None
    assert response.status_code == 422
    assert response.data["fields"][0]["pointer"] == "#/size"


def test_the_framework_s_refusals_speak_our_words():
    for error, status in ((NotAuthenticated(), 401), (MethodNotAllowed("PUT"), 405)):
        response = problems.answer(error, {})
        assert response is not None
        assert (response.status_code, response.data["status"]) == (status, status)
        assert response.data["type"].endswith(response.data["code"])


def test_what_is_no_refusal_is_left_to_the_log():
    assert problems.answer(RuntimeError("a fault"), {}) is None


def test_the_text_follows_the_language_and_the_code_does_not():
    with translation.override("zh-hans"):
        response = problems.answer(errors.NotFound(), {})
    assert response is not None
    assert response.data["code"] == "not_found"
