//! What the village's screens share, on the cadre's own phone and on the teacher's in the cadre's hand:
//! the question, its answers, the keys for codes, and the words for where a visit stands.

pub mod answers;
pub mod changed;
pub mod keypad;
pub mod question;
pub mod standing;

pub use answers::{Answers, Given, Giving, NotTaken};
pub use changed::changes_words;
pub use keypad::Keypad;
pub use question::{Facts, Question};
