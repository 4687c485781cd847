package io.unicorn.boot.once;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.UUID;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Derives the secrets of one pool from its random secret, so that all workers have the
 * same ones and the secrets do not tell each other.
 */
final class PoolSecret {

	private static final String ALGORITHM = "HmacSHA256";

	private final byte[] key;

	/**
	 * Create.
	 * @param secret the random secret in Base64
	 */
	PoolSecret(String secret) {
		this.key = Base64.getDecoder().decode(secret);
	}

	/**
	 * Return a secret in the form of a random UUID, with which Spring Boot and Spring
	 * Security make theirs.
	 * @param name what it is for
	 */
	String uuid(String name) {
		try {
			Mac mac = Mac.getInstance(ALGORITHM);
			mac.init(new SecretKeySpec(this.key, ALGORITHM));
			ByteBuffer bytes = ByteBuffer.wrap(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)));
			long high = (bytes.getLong() & ~0xF000L) | 0x4000L;
			long low = (bytes.getLong() & ~(0b11L << 62)) | (0b10L << 62);
			return new UUID(high, low).toString();
		}
		catch (GeneralSecurityException ex) {
			throw new IllegalStateException("every Java platform has " + ALGORITHM, ex);
		}
	}

}
