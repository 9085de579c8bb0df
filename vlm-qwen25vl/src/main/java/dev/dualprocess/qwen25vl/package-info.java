/**
 * Qwen2.5-VL (arXiv 2502.13923), 3B and 7B, as a differentiable verifier: pixels to patches ({@code
 * Patches}), patches to image tokens ({@code VisionTower}), image tokens and text to logits ({@link
 * dev.dualprocess.nn.LanguageModel}). Field names follow the checkpoint's keys.
 */
package dev.dualprocess.qwen25vl;
