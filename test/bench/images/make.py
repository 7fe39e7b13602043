"""Makes photo.jpg: 500 x 375 pixels that compress like a photo's. Pillow 13.0.0, numpy 2."""
from pathlib import Path
import numpy as np
from PIL import Image

rng = np.random.default_rng(0)
image = np.zeros((375, 500, 3))
for size, strength in ((4, 90), (12, 50), (40, 30), (120, 14), (375, 6)):
    noise = rng.uniform(0, 255, (size, size * 4 // 3, 3)).astype(np.uint8)
    image += strength / 190 * np.asarray(Image.fromarray(noise).resize((500, 375), Image.Resampling.BICUBIC), dtype=float)
Image.fromarray(image.clip(0, 255).astype(np.uint8)).save(Path(__file__).with_name("photo.jpg"), quality=85)
