"""What the errors of contracts say, as data and in words."""

import inspect
import pickle

import pytest

from tests.units.contracted import BETWEEN
from units._contracts import (
    ContractError,
    compile_contract,
    compile_method,
)
from units._contracts._blame import ordinal
from units._errors import UnitError


def test_an_error_is_data_with_one_message() -> None:
    """Whoever promised is told what was promised, whoever handed in what was expected."""
    method = compile_method(inspect.signature(lambda n: n).replace(return_annotation=int))
    with pytest.raises(ContractError) as caught:
        method.wrap(lambda n: "bad", BETWEEN)(1)
    error = caught.value
    assert isinstance(error, UnitError)
    assert (error.member, error.signature, error.location) == ("f", "IStore", "store.py:3")
    assert (error.blaming, error.contract_from) == ("unit maker", "unit maker")
    assert str(error) == (
        "IStore.f: broke its own contract\n"
        "  promised: int\n"
        "  produced: 'bad'\n"
        "  in: the range of (n) -> int\n"
        "  contract from: unit maker\n"
        "  blaming: unit maker (assuming the contract is correct)\n"
        "  at: store.py:3"
    )
    with pytest.raises(ContractError) as caught:
        compile_contract(int).check("bad", BETWEEN.swapped())
    assert str(caught.value) == (
        "IStore.f: contract violation\n"
        "  expected: int\n"
        "  given: 'bad'\n"
        "  contract from: unit maker\n"
        "  blaming: unit user (assuming the contract is correct)\n"
        "  at: store.py:3"
    )
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.given) == (str(caught.value), "bad")


def test_a_message_survives_values_that_do_not_show() -> None:
    """A long value is cut, and one whose ``__repr__`` raises is named by its class."""

    class Shy:
        def __repr__(self) -> str:
            raise ValueError

    for value, shown in ((Shy(), "Shy object, whose repr raised ValueError"), ("x" * 999, "xx...")):
        with pytest.raises(ContractError) as caught:
            compile_contract(int).check(value, BETWEEN)
        assert shown in str(caught.value)
        assert max(map(len, str(caught.value).splitlines())) < 120
    counted = {1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 21: "21st", 112: "112th"}
    assert {number: ordinal(number) for number in counted} == counted
