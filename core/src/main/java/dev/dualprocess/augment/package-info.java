/** Random disturbances of an image before a verifier sees it; gradients come back through them. */
package dev.dualprocess.augment;
