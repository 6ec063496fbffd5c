"""W&B's calls, logged to a Runfolio store: ``import runfolio.compat.wandb as wandb``."""

from runfolio.compat.wandb import errors, plot
from runfolio.compat.wandb.active import (
    alert,
    define_metric,
    finish,
    init,
    join,
    log,
    log_artifact,
    log_code,
    log_model,
    login,
    mark_preempting,
    require,
    save,
    setup,
    teardown,
    termerror,
    termlog,
    termwarn,
    unwatch,
    watch,
)
from runfolio.compat.wandb.artifacts import Artifact
from runfolio.compat.wandb.errors import CommError, Error, UsageError
from runfolio.compat.wandb.images import Image
from runfolio.compat.wandb.integrations import install
from runfolio.compat.wandb.live import LiveRun as Run
from runfolio.compat.wandb.media import Audio, Histogram, Html, Object3D, Plotly, Video
from runfolio.compat.wandb.names import find_name as __getattr__
from runfolio.compat.wandb.options import AlertLevel, Settings
from runfolio.compat.wandb.tables import Table

__version__ = "0.0+runfolio"

install()

__all__ = [
    "AlertLevel",
    "Artifact",
    "Audio",
    "CommError",
    "Error",
    "Histogram",
    "Html",
    "Image",
    "Object3D",
    "Plotly",
    "Run",
    "Settings",
    "Table",
    "UsageError",
    "Video",
    "__getattr__",
    "__version__",
    "alert",
    "define_metric",
    "errors",
    "finish",
    "init",
    "join",
    "log",
    "log_artifact",
    "log_code",
    "log_model",
    "login",
    "mark_preempting",
    "plot",
    "require",
    "save",
    "setup",
    "teardown",
    "termerror",
    "termlog",
    "termwarn",
    "unwatch",
    "watch",
]
