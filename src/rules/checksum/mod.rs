//! The checks that tokens carry inside themselves: proof without a network.

mod aws;
mod azure;
mod base58;
mod bech32;
mod bits;
mod crc;
mod grafana;
mod macaroon;
mod mnemonic;
mod nkey;
mod routable;
mod sentry;
mod snowflake;
mod wireguard;

use super::pattern::secret::Checksum;

pub use mnemonic::Mnemonic;

pub(super) use base58::encode_check as base58check;
pub(super) use bech32::complete as bech32;
pub(super) use crc::complete_base62 as crc32_base62;
pub(super) use mnemonic::of_entropy as mnemonic_of;
pub(super) use nkey::encode as base32_crc16;

impl Checksum {
    /// What the check of a token with this prefix and body says; `None` where it says nothing:
    /// some marks prove a token, and their absence disproves none.
    pub fn judge(self, prefix: &[u8], body: &[u8]) -> Option<bool> {
        let proof = |holds: bool| holds.then_some(true);
        match self {
            Self::Crc32Base62 => Some(crc::base62_holds(body)),
            Self::Bech32 => Some(bech32::holds(prefix, body)),
            Self::Nkey => Some(nkey::is_nats_seed(&whole(prefix, body))),
            Self::Stellar => Some(nkey::is_stellar_seed(&whole(prefix, body))),
            Self::Base58Check => Some(base58::holds(&whole(prefix, body))),
            Self::AwsAccount => None,
            Self::Macaroon => proof(macaroon::is_whole(&whole(prefix, body))),
            Self::GitlabRoutable => proof(routable::holds(prefix, body)),
            Self::Grafana => proof(grafana::holds(prefix, body)),
            Self::AzureSignature => proof(azure::is_signed(body)),
            Self::SentryJson => proof(sentry::holds(body)),
            Self::DiscordSnowflake => proof(snowflake::holds(body)),
            Self::Curve25519 => proof(wireguard::is_clamped(body)),
        }
    }

    /// What a token tells about its owner that is no secret, to go behind its kind's name.
    pub fn tells(self, body: &[u8]) -> Option<String> {
        match self {
            Self::AwsAccount => {
                aws::account(body).map(|account| format!(" of account {account:012}"))
            }
            _ => None,
        }
    }
}

fn whole(prefix: &[u8], body: &[u8]) -> Vec<u8> {
    [prefix, body].concat()
}
