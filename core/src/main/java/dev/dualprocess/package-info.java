/**
 * What users see: a {@link dev.dualprocess.Generator} draws, a {@link dev.dualprocess.Verifier}
 * looks and is asked, a {@link dev.dualprocess.Prompt} says what is wanted, a {@link
 * dev.dualprocess.lora.Lora} is what was learnt. The loop that ties them together is {@link
 * dev.dualprocess.distill.Distillation}.
 */
package dev.dualprocess;
