/** Tests of verifiers of one's own, good and bad ones. */
package dev.dualprocess.examples.verifiers;
