"""Log a plain PyTorch loop: no callback, only the verbs; a progress bar goes on undisturbed.

python examples/pytorch_loop.py
build-report --open
"""

from __future__ import annotations

import argparse

import torch
from tqdm import tqdm

import runfolio


def main() -> None:
    """Fit a sine with a small network."""
    parser = argparse.ArgumentParser(description="Fit a sine.")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="train for fewer steps")
    options = parser.parse_args()
    torch.manual_seed(7)
    x = torch.linspace(-3, 3, 256).unsqueeze(1)
    y = torch.sin(x)
    for units in (4, 32):
        model = torch.nn.Sequential(
            torch.nn.Linear(1, units), torch.nn.Tanh(), torch.nn.Linear(units, 1)
        )
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        steps = 40 if options.quick else 400
        params = {"units": units, "lr": 0.02, "steps": steps, "optimizer": "Adam"}
        with runfolio.start_run(
            experiment="sine", name=f"{units} units", params=params, store=options.store
        ) as run:
            for step in tqdm(range(steps), desc=run.name):
                loss = torch.nn.functional.mse_loss(model(x), y)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                run.log_metric("loss", loss.item(), step=step)
                if step % 20 == 0:
                    run.log_histogram(model[0].weight.detach(), "weights", step=step)
            run.log_table({"x": x.squeeze(), "y": model(x).detach().squeeze()}, "curve")
            run.log_model(model, input_example=x)


if __name__ == "__main__":
    main()
