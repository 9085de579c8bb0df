/**
 * Sana: {@code SanaTransformer} turns noise into latents, {@code AutoencoderDc} latents into
 * images, {@code SanaTextEncoder} a text into what steers the noise. {@code SanaModel} ties them
 * together, a {@code SanaRecipe} says how it samples: {@code GuidedSana} in many steps, {@code
 * SanaSprint} in one; {@link dev.dualprocess.sana.SanaGeneratorProvider} is how it is found.
 */
package dev.dualprocess.sana;
