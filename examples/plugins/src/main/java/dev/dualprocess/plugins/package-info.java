/**
 * Two verifiers of one's own, as small as they can be: one in plain Java arithmetic, one as an
 * expression of libtorch; and a generator that is no flow model. They are found by ServiceLoader
 * and used as {@code --verifier brightness}, {@code --verifier warmth} and {@code --generator toy}.
 */
package dev.dualprocess.plugins;
