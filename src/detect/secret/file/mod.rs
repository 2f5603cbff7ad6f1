//! Files whose lines hold secrets without naming them.

pub mod browser_login;
pub mod password_hash;
pub mod pgpass;
pub mod rails_key;
pub mod wordpress;
