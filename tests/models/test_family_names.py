"""Names of architectures in a spec: they lead to a family, or to a sentence with an example."""

from __future__ import annotations

import re

import pytest

from neuroalg_sage import InputError, load_model, parse_spec
from neuroalg_sage.models.families import FAMILIES, family_named
from neuroalg_sage.models.family_names import ELSEWHERE, known_elsewhere, plain

# What people call architectures; each leads somewhere.
USUAL = """
    gnn ssm resnet moe rnn transformer gcn gat gin lstm gru autoencoder vae lora unet vit bert gpt
    kan mamba s4 hyena perceptron fnn dnn conv convnet mlp cnn attention mha deepsets glu swiglu
    densenet lenet vgg16 resnet50 ResNet-18 GraphSAGE Self-Attention DeepSets
""".split()


def said(word: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_spec(f"{word}:2,2")
    return str(caught.value)


def example(sentence: str) -> str:
    """The spec at the end of a sentence."""
    found = re.search(r"(?:as in|such as|write|did you mean) (\S+?)(?:\.| \?)$", sentence)
    assert found, sentence
    return found[1]


@pytest.mark.parametrize("word", USUAL)
def test_a_usual_name_leads_to_a_model(word: str) -> None:
    if family_named(word) is None:
        sentence = said(word)
        assert parse_spec(example(sentence)).parameter_count
        assert sentence.count("\n") == 0 and "the families are" not in sentence
    else:
        assert parse_spec(FAMILIES[family_named(word) or ""].example).parameter_count


@pytest.mark.parametrize("name", FAMILIES)
def test_a_family_under_its_other_names_is_the_same_model(name: str) -> None:
    family = FAMILIES[name]
    model = parse_spec(family.example)
    rest = family.example.partition(":")[2]
    for other in family.also:
        assert parse_spec(f"{other}:{rest}") == model
        assert load_model(f"{other}:{rest}").spec == model.spec


@pytest.mark.parametrize("entry", ELSEWHERE, ids=lambda entry: entry.names[0])
def test_what_is_elsewhere_has_an_example_and_a_sentence(entry: object) -> None:
    for name in entry.names:  # type: ignore[attr-defined]
        assert plain(name) == name
        sentence = said(name)
        assert sentence.startswith(f"There is no family '{name}'; ")
        assert parse_spec(example(sentence)).parameter_count


def test_each_name_is_declared_once() -> None:
    names = [*FAMILIES, *(name for family in FAMILIES.values() for name in family.also),
             *(name for entry in ELSEWHERE for name in entry.names)]
    assert sorted(names) == sorted(set(names))
    assert all(plain(name) == name for name in names)


def test_sentences_say_why() -> None:
    assert "softmax" in said("bert") and "transformer:" in said("ViT-16")
    assert "sigmoids" in said("lstm") and said("lstm").endswith("rnn:state=2,steps=3:x^2.")
    assert "skip connections" in said("densenet") and "resnet:" in said("densenet")
    assert "narrow layer" in said("pca")


@pytest.mark.parametrize("wrong, right", [
    ("MLP", "did you mean mlp:"), ("Deep-Sets", "did you mean sets:"), ("mpl", "did you mean mlp:"),
    ("convnets", "did you mean cnn:"), ("resnt", "did you mean resnet:"),
    ("transfomer", "did you mean transformer:"),
    ("zzz", "the families are mlp, "), ("", "the families are mlp, "), ("ž" * 300, "the families"),
])
def test_misspelled_names_are_near(wrong: str, right: str) -> None:
    assert right in said(wrong)


def test_versions_count_as_their_architecture() -> None:
    assert known_elsewhere("VGG-19") is known_elsewhere("vgg")
    assert known_elsewhere("19") is None
