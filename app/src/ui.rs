//! The few pieces all screens are made of, on native controls: WeChat's grammar (grouped white cells,
//! sheets from below, tabs) and GOV.UK's form anatomy (label, hint, error, summary on top). No piece
//! knows a child or a visit.

pub mod banner;
pub mod bar;
pub mod cell;
pub mod chip;
pub mod empty;
pub mod field;
pub mod icon;
#[cfg(feature = "phone")]
pub mod keys;
pub mod more;
#[cfg(feature = "phone")]
pub mod not_kept;
#[cfg(feature = "phone")]
pub mod opened;
#[cfg(feature = "phone")]
pub mod passing;
#[cfg(feature = "phone")]
pub mod screen;
#[cfg(feature = "phone")]
pub mod sheet;
pub mod tag;

pub use banner::{Banner, Tone};
pub use bar::PrimaryBar;
pub use cell::{Cell, Group};
pub use chip::{Chip, Chips, Tile, Tiles};
pub use empty::Empty;
pub use field::{Field, Input, Note, ProblemSummary, Wrong, sentence};
pub use icon::{Icon, Shape};
#[cfg(feature = "phone")]
pub use keys::Keys;
pub use more::More;
#[cfg(feature = "phone")]
pub use not_kept::NotKept;
#[cfg(feature = "phone")]
pub use opened::{Next, Opened, focus};
#[cfg(feature = "phone")]
pub use passing::Passing;
#[cfg(feature = "phone")]
pub use screen::{Screen, Tab, go_back};
#[cfg(feature = "phone")]
pub use sheet::Sheet;
pub use tag::{Mark, Tag};
