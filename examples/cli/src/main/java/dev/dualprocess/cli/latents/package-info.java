/** Optimising the noise of one seed, and how its price compares with that of learnt weights. */
package dev.dualprocess.cli.latents;
