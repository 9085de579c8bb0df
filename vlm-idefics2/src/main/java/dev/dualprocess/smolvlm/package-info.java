/**
 * SmolVLM (arXiv 2504.05299), which is Idefics3 (arXiv 2408.12637) made small: 256M, 500M, 2.2B, as
 * a differentiable verifier. Pixels to patches ({@link dev.dualprocess.idefics.VisionTower}),
 * neighbouring patches to one image token ({@code Connector}), image tokens and text to logits
 * ({@link dev.dualprocess.nn.LanguageModel}). An image is one square tile; looked at closely it is
 * as many as its size takes, and the whole again. Field names follow the checkpoint's keys.
 */
package dev.dualprocess.smolvlm;
