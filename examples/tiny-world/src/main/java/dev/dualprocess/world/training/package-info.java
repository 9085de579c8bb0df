/**
 * How the bundled models were made: an autoencoder, a text-to-image generator and a vision-language
 * model, trained from nothing on {@link dev.dualprocess.world the synthetic world}.
 */
package dev.dualprocess.world.training;
