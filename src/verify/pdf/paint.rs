//! What a page paints with: colour spaces and components.

use std::collections::BTreeMap;

use lopdf::{Dictionary, Object};

use super::objects::{Objects, as_dictionary, number};

/// A family of colours.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum ColorSpace {
    /// `DeviceGray` or calibrated grey.
    Grey,
    /// `DeviceRGB`, calibrated, or with a profile of three components.
    Rgb,
    /// `DeviceCMYK` or a profile of four components.
    Cmyk,
    /// A pattern or a shading.
    Pattern,
    /// Any other, by its name.
    Other(String),
}

impl ColorSpace {
    /// Number of components of a colour in this space.
    pub(crate) fn start(&self) -> Vec<f64> {
        match self {
            Self::Rgb => vec![0.0; 3],
            Self::Cmyk => vec![0.0, 0.0, 0.0, 1.0],
            _ => vec![0.0],
        }
    }
}

/// A colour as the page names it.
#[derive(Debug, Clone, PartialEq)]
pub struct Paint {
    /// Its family.
    pub space: ColorSpace,
    /// Its components, 0 to 1.
    pub components: Vec<f64>,
}

impl Paint {
    /// The colour every page begins with.
    pub fn black() -> Self {
        Self { space: ColorSpace::Grey, components: vec![0.0] }
    }

    /// Whether a printer counts it as black and white: named in a grey space, whatever its value.
    pub fn is_grey(&self) -> bool {
        self.space == ColorSpace::Grey
    }
}

/// Names of colour spaces that the resources of a page define.
pub(crate) type Spaces = BTreeMap<Vec<u8>, ColorSpace>;

/// Reads the colour spaces of a resource dictionary.
pub(crate) fn spaces(objects: &Objects, resources: &Dictionary) -> Spaces {
    let Some(defined) = objects.dictionary(resources, b"ColorSpace") else { return Spaces::new() };
    defined.iter().map(|(name, object)| (name.clone(), space(objects, object, 0))).collect()
}

/// Reads a colour space given by name or by definition.
pub(crate) fn space(objects: &Objects, object: &Object, depth: usize) -> ColorSpace {
    let object = objects.resolve(object);
    if let Ok(name) = object.as_name() {
        return named(name);
    }
    let Object::Array(parts) = object else { return ColorSpace::Other("?".into()) };
    let kind = parts.first().map(|part| objects.resolve(part));
    let Some(kind) = kind.and_then(|kind| kind.as_name().ok()) else {
        return ColorSpace::Other("?".into());
    };
    let base = parts.get(1);
    match (kind, base) {
        (b"ICCBased", Some(profile)) => profile_space(objects, profile),
        (b"Indexed", Some(base)) if depth < 4 => space(objects, base, depth + 1),
        (b"Separation" | b"DeviceN", _) => match parts.get(2) {
            Some(alternative) if depth < 4 => space(objects, alternative, depth + 1),
            _ => named(kind),
        },
        _ => named(kind),
    }
}

fn named(name: &[u8]) -> ColorSpace {
    match name {
        b"DeviceGray" | b"CalGray" | b"G" => ColorSpace::Grey,
        b"DeviceRGB" | b"CalRGB" | b"RGB" => ColorSpace::Rgb,
        b"DeviceCMYK" | b"CMYK" => ColorSpace::Cmyk,
        b"Pattern" => ColorSpace::Pattern,
        other => {
            ColorSpace::Other(String::from_utf8_lossy(&other[..other.len().min(64)]).into_owned())
        }
    }
}

fn profile_space(objects: &Objects, profile: &Object) -> ColorSpace {
    let components = as_dictionary(objects.resolve(profile))
        .and_then(|dictionary| objects.entry(dictionary, b"N"))
        .and_then(number);
    match components {
        Some(1.0) => ColorSpace::Grey,
        Some(3.0) => ColorSpace::Rgb,
        Some(4.0) => ColorSpace::Cmyk,
        _ => ColorSpace::Other("ICCBased".into()),
    }
}
