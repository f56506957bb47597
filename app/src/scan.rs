//! Reading and drawing QR codes: a bundle of its own, loaded when a camera opens or a code is shown,
//! and kept for offline. Not for what a code says: that is `domain::confirmation::code`.

use fast_qr::ECL;
use fast_qr::qr::QRBuilder;
use rqrr::PreparedImage;
use std::fmt::Write as _;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen::prelude::wasm_bindgen;

/// Modules of white that a scanner needs around the code (ISO/IEC 18004: 4).
const QUIET: usize = 4;

/// The text of a QR code in a picture of the camera: four bytes a pixel, as a canvas gives them.
/// Green stands for brightness: it carries most of it, and a code has no colour.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
pub fn read(rgba: &[u8], width: usize, height: usize) -> Option<String> {
    if width == 0 || height == 0 || rgba.len() < width * height * 4 {
        return None;
    }
    let green = |x: usize, y: usize| rgba.get((y * width + x) * 4 + 1).copied().unwrap_or_default();
    let mut picture = PreparedImage::prepare_from_greyscale(width, height, green);
    picture.detect_grids().iter().find_map(|grid| grid.decode().ok().map(|(_, text)| text))
}

/// A picture of a text as SVG, black on white with its quiet zone; `None` if no code holds so much.
/// The lowest correction, because glass has no scratches across a code, and larger modules are
/// what a cheap camera needs.
#[cfg_attr(target_arch = "wasm32", wasm_bindgen)]
pub fn draw(text: &str) -> Option<String> {
    let code = QRBuilder::new(text).ecl(ECL::L).build().ok()?;
    let side = code.size + 2 * QUIET;
    let mut svg = format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d=""##
    );
    for (y, row) in code.data.chunks(code.size).take(code.size).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a.value() == b.value()) {
            if run.first().is_some_and(|module| module.value()) {
                // Writing into a String cannot fail.
                let _ = write!(svg, "M{} {}h{}v1h-{}z", x + QUIET, y + QUIET, run.len(), run.len());
            }
            x += run.len();
        }
    }
    svg.push_str(r#""/></svg>"#);
    Some(svg)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    const WIDTH: usize = 640;
    const HEIGHT: usize = 480;

    /// As long as the address of a knock with the longest labels is.
    const ADDRESS: &str = "https://qiaomen.example.edu.cn/q#AQAAAAAAAAAAAAAAAAAAAAcBAQEBAQEBAeUz7vR0Yx8CAcfjPwBmg8f7FQIABAnkupTmnZHmnZEP5p2O6ICB5biI6ICB5biIFemYv-S-neWPpOS4vemYv-S-neWutg";

    /// What a camera sees of a drawn code: on a grey wall, so large, blurred, and so bright.
    fn seen(svg: &str, side: usize, blur: usize, brightness: f32) -> Vec<u8> {
        let mut wall = vec![0.7_f32; WIDTH * HEIGHT];
        let modules: usize =
            svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        let dark = rectangles(svg);
        let (left, top) = ((WIDTH - side) / 2, (HEIGHT - side) / 2);
        for y in 0..side {
            for x in 0..side {
                let (mx, my) = (x * modules / side, y * modules / side);
                let is_dark = dark.iter().any(|(dx, dy, width)| my == *dy && (*dx..dx + width).contains(&mx));
                wall[(top + y) * WIDTH + left + x] = if is_dark { 0.05 } else { 1.0 };
            }
        }
        let near = |at: usize, limit: usize| at.saturating_sub(blur)..(at + blur + 1).min(limit);
        (0..WIDTH * HEIGHT)
            .flat_map(|at| {
                let (x, y) = (at % WIDTH, at / WIDTH);
                let around: Vec<f32> = near(y, HEIGHT)
                    .flat_map(|y| near(x, WIDTH).map(move |x| y * WIDTH + x))
                    .map(|at| wall[at])
                    .collect();
                let value = around.iter().sum::<f32>() / around.len() as f32;
                let byte = (value * brightness * 255.0) as u8;
                [byte, byte, byte, 255]
            })
            .collect()
    }

    fn rectangles(svg: &str) -> Vec<(usize, usize, usize)> {
        let path = svg.rsplit("d=\"").next().unwrap();
        path.split('M')
            .skip(1)
            .map(|run| {
                let numbers: Vec<usize> =
                    run.split(|c: char| !c.is_ascii_digit()).filter_map(|n| n.parse().ok()).collect();
                (numbers[0], numbers[1], numbers[2])
            })
            .collect()
    }

    #[test]
    fn reads_what_it_drew_at_dusk_and_out_of_focus() {
        let svg = draw(ADDRESS).unwrap();
        for (side, blur, brightness) in [(440, 0, 1.0), (300, 1, 0.6), (400, 2, 0.6), (440, 2, 0.4)] {
            let frame = seen(&svg, side, blur, brightness);
            assert_eq!(
                read(&frame, WIDTH, HEIGHT).as_deref(),
                Some(ADDRESS),
                "{side} px wide, blurred by {blur} px, {brightness} as bright"
            );
        }
    }

    #[test]
    fn sees_nothing_where_nothing_is() {
        assert_eq!(read(&vec![128; WIDTH * HEIGHT * 4], WIDTH, HEIGHT), None);
        assert_eq!(read(&[1, 2, 3], WIDTH, HEIGHT), None);
        assert_eq!(read(&[], 0, 0), None);
    }

    #[test]
    fn the_code_of_a_knock_has_modules_of_five_pixels_and_more_on_the_glass() {
        let svg = draw(ADDRESS).unwrap();
        let modules: f32 =
            svg.split("viewBox=\"0 0 ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
        assert!(296.0 / modules >= 5.0, "{modules} modules");
    }
}
