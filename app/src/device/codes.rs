//! QR codes: drawn and read by the scan bundle, which is loaded when first needed, offline too.

use crate::browser::{field, qiaomen};
use js_sys::{Function, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    /// The exports of `scan.rs`.
    #[derive(Clone)]
    type Exports;
    #[wasm_bindgen(method)]
    fn read(this: &Exports, rgba: &JsValue, width: u32, height: u32) -> Option<String>;
    #[wasm_bindgen(method)]
    fn draw(this: &Exports, text: &str) -> Option<String>;
}

/// The scan bundle at hand.
#[derive(Clone)]
pub struct Codes(Exports);

impl Codes {
    /// Loads the bundle; `None` when it is neither kept here nor to be had.
    pub async fn load() -> Option<Self> {
        let home = qiaomen()?;
        let scan: Function = field(&home, "scan")?.dyn_into().ok()?;
        let loading: Promise = scan.call0(&home).ok()?.dyn_into().ok()?;
        Some(Self(JsFuture::from(loading).await.ok()?.unchecked_into()))
    }

    /// The code of a text as SVG.
    pub fn draw(&self, text: &str) -> Option<String> {
        self.0.draw(text)
    }

    /// The text of the code in a picture, as a canvas gives its pixels.
    pub(super) fn read(&self, rgba: &JsValue, width: u32, height: u32) -> Option<String> {
        self.0.read(rgba, width, height)
    }
}
