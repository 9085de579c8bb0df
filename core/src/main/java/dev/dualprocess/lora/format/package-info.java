/**
 * LoRA files as the programs write them: their names, their scales, and how to change one into
 * another.
 */
package dev.dualprocess.lora.format;
