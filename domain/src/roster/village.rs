//! The village in a free-text address: 示例镇五村7号 → 五村. When in doubt, none: a wrong village asks
//! the wrong cadre.

use super::cell::plain;
use crate::directory::Village;

const NUMERALS: [char; 10] = ['一', '二', '三', '四', '五', '六', '七', '八', '九', '十'];

/// The one village that an address names.
pub fn village_in<'a>(address: &str, villages: &'a [Village]) -> Option<&'a Village> {
    let address = in_numerals(&plain(address));
    let mut found = villages.iter().filter(|v| names(&address, &in_numerals(&v.name))).collect::<Vec<_>>();
    // 一村 lies inside 东一村: the longest name is meant.
    let longest = found.iter().map(|v| v.name.chars().count()).max()?;
    found.retain(|v| v.name.chars().count() == longest);
    if found.len() > 1 {
        // The same name in two townships: the address must say which.
        found.retain(|v| !v.township_name.is_empty() && address.contains(&v.township_name));
    }
    match found.as_slice() {
        [village] => Some(village),
        _ => None,
    }
}

/// Whether the address names it, and not 十五村 or 五村民小组.
fn names(address: &str, village: &str) -> bool {
    let numbered = village.starts_with(NUMERALS);
    !village.is_empty()
        && address.match_indices(village).any(|(at, _)| {
            let before = address.get(..at).and_then(|head| head.chars().next_back());
            let after = address.get(at + village.len()..).and_then(|tail| tail.chars().next());
            !(numbered && before.is_some_and(|c| NUMERALS.contains(&c))) && after != Some('民')
        })
}

/// 5村 is 五村, 12村 is 十二村; house numbers change the same way on both sides and do no harm.
fn in_numerals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut digits = String::new();
    for c in text.chars().filter(|c| *c != ' ').chain(std::iter::once('\0')) {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        if c == '村' || c == '组' {
            out.push_str(&numeral(&digits));
        } else {
            out.push_str(&digits);
        }
        digits.clear();
        if c != '\0' {
            out.push(c);
        }
    }
    out
}

fn numeral(digits: &str) -> String {
    let Ok(number) = digits.parse::<usize>() else { return digits.into() };
    let one = |n: usize| n.checked_sub(1).and_then(|at| NUMERALS.get(at)).map(char::to_string);
    match (number / 10, number % 10) {
        (0, n) => one(n).unwrap_or_else(|| digits.into()),
        (1, n) => format!("十{}", one(n).unwrap_or_default()),
        (t @ 2..=9, n) => format!("{}十{}", one(t).unwrap_or_default(), one(n).unwrap_or_default()),
        _ => digits.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{TownshipId, VillageId};
    use rstest::rstest;
    use uuid::Uuid;

    fn villages() -> Vec<Village> {
        let village = |n: u128, name: &str, township: &str| Village {
            id: VillageId(Uuid::from_u128(n)),
            code: String::new(),
            name: name.into(),
            township: TownshipId(Uuid::from_u128(9)),
            township_name: township.into(),
        };
        vec![
            village(1, "一村", "示例镇"),
            village(2, "二村", "示例镇"),
            village(3, "五村", "示例镇"),
            village(4, "十五村", "示例镇"),
            village(5, "五村", "样板乡"),
            village(6, "桃花村", "示例镇"),
        ]
    }

    #[rstest]
    #[case("示例镇五村7号", Some(3))]
    #[case("样板乡五村7号", Some(5))]
    #[case("五村7号", None)]
    #[case("示例镇5村7号", Some(3))]
    #[case("示例镇 五村 ７号", Some(3))]
    #[case("示例镇十五村7号", Some(4))]
    #[case("示例镇15村", Some(4))]
    #[case("示例镇二村五村民小组", Some(2))]
    #[case("桃花村3组", Some(6))]
    #[case("示例镇一村或二村", None)]
    #[case("镇上", None)]
    #[case("", None)]
    fn finds_one_or_none(#[case] address: &str, #[case] expect: Option<u128>) {
        let villages = villages();
        let found = village_in(address, &villages).map(|v| v.id);
        assert_eq!(found, expect.map(|n| VillageId(Uuid::from_u128(n))));
    }
}
