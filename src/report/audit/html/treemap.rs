//! Rectangles whose areas are as given and whose sides are as equal as can be, after Bruls, Huizing and van Wijk.

/// A rectangle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rect {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) width: f64,
    pub(super) height: f64,
}

/// Divides a rectangle among weights, which are positive and fall. Rows are laid along the shorter side for as long
/// as that makes the worst of their rectangles no longer and thinner.
pub(super) fn squarify(weights: &[f64], whole: Rect) -> Vec<Rect> {
    let mut rects = Vec::with_capacity(weights.len());
    let mut left = whole;
    let mut rest = weights;
    let mut sum: f64 = weights.iter().sum();
    while !rest.is_empty() && sum > 0.0 && left.width > 0.0 && left.height > 0.0 {
        let scale = left.width * left.height / sum;
        let side = left.width.min(left.height);
        let (mut count, mut row) = (1, rest[0]);
        while let Some(next) = rest.get(count) {
            if worst(rest[0], *next, row + next, scale, side) > worst(rest[0], rest[count - 1], row, scale, side) {
                break;
            }
            row += next;
            count += 1;
        }
        let (own, others) = rest.split_at(count);
        left = lay(own, row * scale / side, left, &mut rects);
        sum -= row;
        rest = others;
    }
    rects
}

/// The worst ratio of sides in a row of this sum whose weights lie between these.
fn worst(largest: f64, least: f64, sum: f64, scale: f64, side: f64) -> f64 {
    let thick = sum * scale / side;
    let long = |weight: f64| weight * scale / thick;
    (long(largest) / thick).max(thick / long(least))
}

/// Lays a row of some thickness along the shorter side; returns what is left.
fn lay(row: &[f64], thick: f64, left: Rect, rects: &mut Vec<Rect>) -> Rect {
    let sum: f64 = row.iter().sum();
    let is_wide = left.width >= left.height;
    let mut at = 0.0;
    for weight in row {
        let share = weight / sum;
        rects.push(if is_wide {
            let height = share * left.height;
            Rect { x: left.x, y: left.y + at, width: thick, height }
        } else {
            let width = share * left.width;
            Rect { x: left.x + at, y: left.y, width, height: thick }
        });
        at += share * if is_wide { left.height } else { left.width };
    }
    if is_wide {
        Rect { x: left.x + thick, width: left.width - thick, ..left }
    } else {
        Rect { y: left.y + thick, height: left.height - thick, ..left }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: Rect = Rect { x: 0.0, y: 0.0, width: 600.0, height: 400.0 };

    #[test]
    fn areas_are_as_given_and_fill_the_whole() {
        let weights = [6.0, 6.0, 4.0, 3.0, 2.0, 2.0, 1.0];
        let rects = squarify(&weights, WHOLE);
        assert_eq!(rects.len(), weights.len());
        for (rect, weight) in rects.iter().zip(weights) {
            assert!((rect.width * rect.height - weight * 10_000.0).abs() < 1e-6, "{rect:?} for {weight}");
            assert!(rect.width.max(rect.height) / rect.width.min(rect.height) < 3.0, "{rect:?} is thin");
            assert!(rect.x >= 0.0 && rect.x + rect.width <= 600.0 + 1e-6);
            assert!(rect.y >= 0.0 && rect.y + rect.height <= 400.0 + 1e-6);
        }
        // The example of the paper: two of 6 above each other at the left.
        assert_eq!(rects[0], Rect { x: 0.0, y: 0.0, width: 300.0, height: 200.0 });
    }

    #[test]
    fn extremes_are_no_danger() {
        assert!(squarify(&[], WHOLE).is_empty());
        assert_eq!(squarify(&[5.0], WHOLE), [WHOLE]);
        assert_eq!(squarify(&vec![1.0; 5_000], WHOLE).len(), 5_000);
        assert!(squarify(&[1.0], Rect { width: 0.0, ..WHOLE }).is_empty());
    }
}
