/**
 * Qwen3-VL (arXiv 2511.21631), 2B, 4B and 8B, as a differentiable verifier: what differs from the
 * families before it. Field names follow the checkpoint's keys.
 */
package dev.dualprocess.qwen3vl;
