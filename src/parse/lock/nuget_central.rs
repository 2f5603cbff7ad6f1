//! Directory.Packages.props: the versions that are kept for the projects in the folders below, in
//! case that one of them asks for the package.

use super::{Ask, Input, Lockfile, dotnet_project, msbuild};

pub fn wants(input: &Input<'_>) -> Vec<Ask> {
    msbuild::wants(input.path)
}

pub fn read(input: &Input<'_>) -> Lockfile {
    dotnet_project::references(input)
}
