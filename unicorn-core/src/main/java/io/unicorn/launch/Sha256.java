package io.unicorn.launch;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The hash by which contents are known.
 */
final class Sha256 {

	private Sha256() {
	}

	static byte[] of(byte[] content) {
		return begin().digest(content);
	}

	static MessageDigest begin() {
		try {
			return MessageDigest.getInstance("SHA-256");
		}
		catch (NoSuchAlgorithmException ex) {
			throw new IllegalStateException("every JDK has SHA-256", ex);
		}
	}

}
