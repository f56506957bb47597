//! The few pieces all screens are made of, on native controls: WeChat's grammar (grouped white cells,
//! sheets from below, tabs) and GOV.UK's form anatomy (label, hint, error, summary on top). No piece
//! knows a child or a visit.

pub mod banner;
#[cfg(feature = "phone")]
pub mod bar;
#[cfg(feature = "phone")]
pub mod cell;
pub mod chip;
pub mod empty;
pub mod field;
pub mod icon;
#[cfg(feature = "phone")]
pub mod keys;
#[cfg(feature = "phone")]
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
#[cfg(feature = "phone")]
pub use bar::PrimaryBar;
#[cfg(feature = "phone")]
pub use cell::{Cell, Group};
pub use chip::{Chip, Chips};
#[cfg(feature = "phone")]
pub use chip::{Tile, Tiles};
pub use empty::Empty;
pub use field::{Day, Field, Note};
#[cfg(feature = "phone")]
pub use field::{Input, ProblemSummary, sentence};
pub use icon::{Icon, Shape};
#[cfg(feature = "phone")]
pub use keys::Keys;
#[cfg(feature = "phone")]
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
