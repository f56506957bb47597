//! The codes of a knock: eight digits to type, four digits to read back, and the address a scanner
//! opens. Everything secret stands after `#`, which never reaches a server's log; nothing in it
//! names a child.

use super::{Projection, Secret};
use crate::ids::KnockId;
use crate::vocabulary::{ConfirmationResult, Relation};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

/// The quasigroup of Damm's check: finds every single wrong digit and every swap of neighbours.
const DAMM: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

fn damm(digits: &str) -> Option<u8> {
    digits.bytes().try_fold(0_u8, |interim, byte| {
        let digit = byte.checked_sub(b'0').filter(|d| *d < 10)?;
        DAMM.get(usize::from(interim))?.get(usize::from(digit)).copied()
    })
}

fn keyed(secret: &Secret, what: &str) -> u64 {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&secret.0) else { return 0 };
    mac.update(what.as_bytes());
    mac.finalize().into_bytes().iter().take(8).fold(0, |sum, byte| (sum << 8) | u64::from(*byte))
}

/// 核对码: seven digits and a check digit.
pub fn spoken(secret: &Secret) -> String {
    let digits = format!("{:07}", keyed(secret, "code") % 10_000_000);
    let check = damm(&digits).unwrap_or_default();
    format!("{digits}{check}")
}

/// Whether eight typed digits can be a code at all.
pub fn checks(code: &str) -> bool {
    code.len() == 8 && damm(code) == Some(0)
}

/// 回执码: four digits that tell the teacher's phone, offline, what was answered.
pub fn receipt(secret: &Secret, result: &ConfirmationResult) -> String {
    format!("{:04}", keyed(secret, result.code()) % 10_000)
}

/// The answer a receipt code stands for, if any of the four fits. Two answers may by chance share a
/// code (1 in 1,700 knocks); then the kinder reading, the first of the list, is shown until the
/// real answer arrives.
pub fn read_receipt(secret: &Secret, code: &str) -> Option<ConfirmationResult> {
    ConfirmationResult::ALL.iter().find(|result| receipt(secret, result) == code).cloned()
}

/// What a code on the glass says (ux 6.2): enough for a page without an account to show one
/// question, nothing that names a child.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The knock.
    pub knock: KnockId,
    /// The key to one answer.
    pub secret: Secret,
    /// `Projection::mark`, as bytes.
    pub mark: [u8; 8],
    /// Minutes since 1970, UTC.
    pub minute: u32,
    /// 12-digit code of the village.
    pub village: u64,
    /// 五村
    pub village_name: String,
    /// 李老师
    pub teacher: String,
    /// How many came.
    pub people: u8,
    /// Who was met: a bit a relation, in the order of `Relation::ALL`.
    pub met: u16,
    /// 阿依古丽家
    pub household: String,
}

const VERSION: u8 = 1;
const LABEL_BYTES: usize = 24;

impl Ticket {
    /// The ticket of a knock. Labels too long for the code are cut at a character.
    pub fn of(
        projection: &Projection,
        secret: Secret,
        village: u64,
        village_name: &str,
        teacher: &str,
    ) -> Self {
        let mut mark = [0; 8];
        for (to, from) in mark.iter_mut().zip(projection.hash()) {
            *to = from;
        }
        Self {
            knock: projection.knock,
            secret,
            mark,
            minute: projection.minute,
            village,
            village_name: cut(village_name),
            teacher: cut(teacher),
            people: u8::try_from(projection.participants.len()).unwrap_or(u8::MAX),
            met: mask(&projection.met),
            household: cut(&projection.household),
        }
    }

    /// The bytes behind `#`, base64url without padding.
    pub fn encode(&self) -> String {
        let mut bytes = vec![VERSION];
        bytes.extend(self.knock.0.as_bytes());
        bytes.extend(self.secret.0);
        bytes.extend(self.mark);
        bytes.extend(self.minute.to_be_bytes());
        bytes.extend(self.village.to_be_bytes().iter().skip(3));
        bytes.push(self.people);
        bytes.extend(self.met.to_be_bytes());
        for label in [&self.village_name, &self.teacher, &self.household] {
            bytes.push(u8::try_from(label.len()).unwrap_or_default());
            bytes.extend(label.as_bytes());
        }
        crate::base64url::encode(&bytes)
    }

    /// Reads a ticket, from the whole address or the part behind `#`.
    pub fn decode(text: &str) -> Option<Self> {
        let bytes = crate::base64url::decode(text.rsplit('#').next()?.trim())?;
        let mut rest = bytes.as_slice();
        let mut take = |n: usize| {
            let (head, tail) = rest.split_at_checked(n)?;
            rest = tail;
            Some(head.to_vec())
        };
        if take(1)? != [VERSION] {
            return None;
        }
        let knock = KnockId(Uuid::from_slice(&take(16)?).ok()?);
        let secret = Secret(take(8)?.try_into().ok()?);
        let mark = take(8)?.try_into().ok()?;
        let minute = u32::from_be_bytes(take(4)?.try_into().ok()?);
        let village = take(5)?.iter().fold(0, |sum, byte| (sum << 8) | u64::from(*byte));
        let people = *take(1)?.first()?;
        let met = u16::from_be_bytes(take(2)?.try_into().ok()?);
        let mut label = || {
            let len = usize::from(*take(1)?.first()?);
            String::from_utf8(take(len)?).ok()
        };
        let (village_name, teacher, household) = (label()?, label()?, label()?);
        Some(Self { knock, secret, mark, minute, village, village_name, teacher, people, met, household })
    }

    /// `Projection::mark` as the confirmation carries it.
    pub fn shown(&self) -> String {
        crate::hex(&self.mark)
    }

    /// Who was met.
    pub fn relations(&self) -> impl Iterator<Item = &'static Relation> + '_ {
        Relation::ALL.iter().enumerate().filter(|(bit, _)| self.met & (1 << bit) != 0).map(|(_, r)| r)
    }
}

fn mask(met: &[Relation]) -> u16 {
    Relation::ALL
        .iter()
        .enumerate()
        .filter(|(_, r)| met.contains(r))
        .fold(0, |sum, (bit, _)| sum | (1 << bit))
}

fn cut(label: &str) -> String {
    let mut end = label.len().min(LABEL_BYTES);
    while !label.is_char_boundary(end) {
        end -= 1;
    }
    label.get(..end).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::vocabulary::{Outcome, VisitKind};
    use proptest::prelude::*;

    fn projection() -> Projection {
        Projection {
            knock: KnockId(Uuid::from_u128(7)),
            household: "阿依古丽家".into(),
            village: Uuid::from_u128(5).into(),
            kind: VisitKind::DoorKnock,
            minute: 29_876_543,
            participants: vec!["李老师".into(), "古丽娜尔老师".into()],
            met: vec![Relation::PaternalGrandparent, Relation::Student],
            result: Outcome::Met,
        }
    }

    #[test]
    fn a_ticket_comes_back_whole_and_stays_short() {
        let ticket = Ticket::of(&projection(), Secret([1; 8]), 990_101_001_205, "五村", "李老师");
        let text = ticket.encode();
        assert_eq!(Ticket::decode(&format!("https://example.edu.cn/q#{text}")).unwrap(), ticket);
        assert!(text.len() <= 130, "{} characters", text.len());
    }

    #[test]
    fn reads_a_receipt_back() {
        let secret = Secret([9; 8]);
        for result in ConfirmationResult::ALL {
            assert_eq!(read_receipt(&secret, &receipt(&secret, result)).as_ref(), Some(result));
        }
    }

    proptest! {
        #[test]
        fn finds_one_wrong_digit_and_swapped_neighbours(bytes: [u8; 8], at in 0_usize..8, by in 1_u8..10) {
            let code = spoken(&Secret(bytes));
            prop_assert!(checks(&code));
            let mut wrong = code.clone().into_bytes();
            wrong[at] = b'0' + (wrong[at] - b'0' + by) % 10;
            prop_assert!(!checks(std::str::from_utf8(&wrong).unwrap()));
            let mut swapped = code.clone().into_bytes();
            swapped.swap(at, (at + 1) % 8);
            if at < 7 && swapped != code.as_bytes() {
                prop_assert!(!checks(std::str::from_utf8(&swapped).unwrap()));
            }
        }

        #[test]
        fn never_panics_on_what_a_scanner_reads(text in ".{0,200}") {
            let _ = Ticket::decode(&text);
        }
    }
}
