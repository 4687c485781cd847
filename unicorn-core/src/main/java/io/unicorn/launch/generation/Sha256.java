package io.unicorn.launch.generation;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Computes SHA-256 hashes.
 */
public final class Sha256 {

	private Sha256() {
	}

	/**
	 * Return the hash of a content, 32 bytes.
	 */
	public static byte[] of(byte[] content) {
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
