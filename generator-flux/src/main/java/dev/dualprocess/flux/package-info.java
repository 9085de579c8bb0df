/**
 * FLUX.1 Schnell and Dev: {@link dev.dualprocess.flux.FluxTransformer} turns noise into latents,
 * {@link dev.dualprocess.flux.AutoencoderKl} latents into images, {@link
 * dev.dualprocess.flux.FluxTextEncoders} a text into what steers both. {@link
 * dev.dualprocess.flux.FluxGenerator} ties them together.
 */
package dev.dualprocess.flux;
