package io.unicorn.boot.server;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

/**
 * Reads IP addresses, and never asks for a name.
 */
public final class IpAddress {

	private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

	private static final Pattern FOUR = Pattern.compile("(" + BYTE + "\\.){3}" + BYTE);

	/**
	 * Only the characters: the JDK reads what has a colon as an address or refuses it.
	 */
	private static final Pattern SIX = Pattern.compile("(?=.*:)[0-9A-Fa-f:][0-9A-Fa-f:.]{1,44}");

	private IpAddress() {
	}

	/**
	 * Return the address, or {@code null} if the text is none.
	 */
	public static @Nullable InetAddress parse(String text) {
		if (!FOUR.matcher(text).matches() && !SIX.matcher(text).matches()) {
			return null;
		}
		try {
			return InetAddress.getByName(text);
		}
		catch (UnknownHostException ex) {
			return null;
		}
	}

}
