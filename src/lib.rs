#![doc = include_str!("ARCHITECTURE.md")]

pub mod advisory;
pub mod classify;
pub mod detect;
pub mod engine;
pub mod guard;
pub mod input;
pub mod model;
pub mod parse;
pub mod policy;
pub mod report;
pub mod rules;
pub mod text;
