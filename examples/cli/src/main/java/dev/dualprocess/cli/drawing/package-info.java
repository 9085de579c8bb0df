/**
 * Many pictures at once: of several texts and seeds, several a pass, with and without a LoRA, or
 * the best of some by a verifier.
 */
package dev.dualprocess.cli.drawing;
