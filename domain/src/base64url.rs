//! Base64 with the URL's alphabet and no padding (RFC 4648 §5): what a QR address can carry.

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The text of bytes.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            (0..3).fold(0_u32, |sum, i| (sum << 8) | u32::from(chunk.get(i).copied().unwrap_or_default()));
        for i in 0..=chunk.len() {
            let six = (group >> (18 - 6 * i)) & 63;
            text.push(ALPHABET.get(six as usize).copied().map_or('A', char::from));
        }
    }
    text
}

/// The bytes of a text, or `None` for anything that is not such a text.
pub fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
    for chunk in text.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for byte in chunk {
            let six = ALPHABET.iter().position(|a| a == byte)?;
            group = (group << 6) | u32::try_from(six).ok()?;
        }
        group <<= 6 * (4 - chunk.len());
        let [_, a, b, c] = group.to_be_bytes();
        bytes.extend([a, b, c].into_iter().take(chunk.len().checked_sub(1).filter(|n| *n > 0)?));
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_goes_in_comes_out(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }
    }
}
