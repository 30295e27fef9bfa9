"""The batched Muon is torch's Muon."""

import pytest
import torch

from drr.dm.muon import BatchedMuon

SHAPES = [(8, 8), (8, 24), (24, 8), (24, 8), (5, 3), (8, 8)]


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_five_steps_are_those_of_torchs_muon(weight_decay: float) -> None:
    torch.manual_seed(0)
    start = [torch.randn(shape) for shape in SHAPES]
    gradients = [[torch.randn(shape) for shape in SHAPES] for _ in range(5)]
    ended = []
    for kind in (torch.optim.Muon, BatchedMuon):
        parameters = [torch.nn.Parameter(value.clone()) for value in start]
        optimizer = kind(parameters, lr=0.02, weight_decay=weight_decay, adjust_lr_fn="match_rms_adamw")
        for step in gradients:
            for parameter, gradient in zip(parameters, step, strict=True):
                parameter.grad = gradient.clone()
            optimizer.step()
        ended.append(parameters)
    for theirs, ours, before in zip(*ended, start, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-6)
        assert not torch.equal(ours, before)


def test_a_parameter_without_a_gradient_stays() -> None:
    with_one, without = torch.nn.Parameter(torch.randn(4, 4)), torch.nn.Parameter(torch.randn(4, 4))
    optimizer = BatchedMuon([with_one, without], lr=0.1, adjust_lr_fn="match_rms_adamw")
    with_one.grad = torch.ones(4, 4)
    before = without.detach().clone()
    optimizer.step()
    assert torch.equal(without, before)


def test_its_state_goes_on_where_it_was_saved() -> None:
    torch.manual_seed(0)
    start, gradients = torch.randn(4, 6), [torch.randn(4, 6) for _ in range(4)]
    whole, halves = torch.nn.Parameter(start.clone()), torch.nn.Parameter(start.clone())
    one = BatchedMuon([whole], lr=0.1, adjust_lr_fn="match_rms_adamw")
    other = BatchedMuon([halves], lr=0.1, adjust_lr_fn="match_rms_adamw")
    for number, gradient in enumerate(gradients):
        if number == 2:
            saved = other.state_dict()
            other = BatchedMuon([halves], lr=0.1, adjust_lr_fn="match_rms_adamw")
            other.load_state_dict(saved)
        whole.grad, halves.grad = gradient.clone(), gradient.clone()
        one.step()
        other.step()
    assert torch.equal(whole, halves)
