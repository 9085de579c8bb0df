/**
 * FLUX.1 Schnell and Dev: {@code FluxTransformer} turns noise into latents, {@code AutoencoderKl}
 * latents into images, {@code FluxTextEncoders} a text into what steers the noise. {@code
 * FluxModel} ties them together; {@link dev.dualprocess.flux.FluxGeneratorProvider} is how it is
 * found.
 */
package dev.dualprocess.flux;
