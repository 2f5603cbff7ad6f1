//! Where managers take packages from: the public registries, and what serves the same.

/// Indexes whose owner also owns the names on the public one, or that hold nothing else.
pub const KIN_OF_PYPI: &[&str] = &[
    "download.pytorch.org",
    "pypi.nvidia.com",
    "pypi.ngc.nvidia.com",
    "piwheels.org",
    "data.pyg.org",
    "wheels.vllm.ai",
    "flashinfer.ai",
    "developer.download.nvidia",
    "storage.googleapis.com/jax-releases",
    "storage.googleapis.com/libtpu",
];
