/**
 * Idefics2 (arXiv 2405.02246), 8B, as a differentiable verifier: pixels to patches to 64 image
 * tokens ({@link dev.dualprocess.idefics.VisionTower}, {@code Connector}), image tokens and text to
 * logits ({@link dev.dualprocess.nn.LanguageModel}). Field names follow the checkpoint's keys.
 */
package dev.dualprocess.idefics2;
