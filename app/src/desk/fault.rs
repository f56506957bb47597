//! What a desk is told when it does not get what it asked for: the server's code and sentence, or that
//! nobody answered.

use leptos::prelude::{FromServerFnError, ServerFnErrorErr};
use leptos::server_fn::codec::JsonEncoding;
use serde::{Deserialize, Serialize};

/// Why not. The shape of every error answer of the server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Stable, upper snake.
    pub code: String,
    /// One sentence for the person.
    #[serde(default)]
    pub message: String,
    /// The field it is about.
    #[serde(default)]
    pub field: String,
    /// Under which the server's log has more.
    #[serde(default)]
    pub request_id: String,
}

impl Fault {
    /// A code alone; its sentence is the page's.
    pub fn of(code: &str) -> Self {
        Self { code: code.into(), message: String::new(), field: String::new(), request_id: String::new() }
    }

    /// Whether signing in again mends it.
    pub fn is_signed_out(&self) -> bool {
        matches!(self.code.as_str(), "SESSION_EXPIRED" | "REVOKED" | "PASSWORD_MUST_CHANGE")
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.code)
    }
}

impl FromServerFnError for Fault {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        Self::of(match error {
            ServerFnErrorErr::Request(_) => "UNREACHABLE",
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) => "MALFORMED",
            _ => "INTERNAL",
        })
    }
}
