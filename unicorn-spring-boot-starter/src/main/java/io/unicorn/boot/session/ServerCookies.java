package io.unicorn.boot.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

import jakarta.servlet.SessionCookieConfig;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;

import org.springframework.session.web.http.CookieSerializer;
import org.springframework.util.StringUtils;

/**
 * Reads and writes the cookie of the session as the web server does without the pool, by
 * the configuration that the server has of it. The server adds the attribute SameSite as
 * it does to every cookie.
 */
public final class ServerCookies implements CookieSerializer {

	private static final String DEFAULT_NAME = "JSESSIONID";

	/** What {@code SessionCookieConfig} has methods for. */
	private static final Set<String> KNOWN = Set.of("comment", "domain", "max-age", "path", "secure", "httponly");

	private final boolean httpOnly;

	/**
	 * Create for the cookies of a server.
	 * @param httpOnly whether scripts cannot read the cookie; a server does not tell
	 * whether that was configured
	 */
	public ServerCookies(boolean httpOnly) {
		this.httpOnly = httpOnly;
	}

	private static SessionCookieConfig config(HttpServletRequest request) {
		return request.getServletContext().getSessionCookieConfig();
	}

	private static String name(SessionCookieConfig config) {
		return StringUtils.hasText(config.getName()) ? config.getName() : DEFAULT_NAME;
	}

	@Override
	public void writeCookieValue(CookieValue value) {
		HttpServletRequest request = value.getRequest();
		if (!value.getCookieValue().isEmpty() && readCookieValues(request).contains(value.getCookieValue())) {
			// A request that ends after the login of another one must not undo its
			// cookie.
			return;
		}
		SessionCookieConfig config = config(request);
		Cookie cookie = new Cookie(name(config), value.getCookieValue());
		String path = StringUtils.hasText(config.getPath()) ? config.getPath() : request.getContextPath();
		cookie.setPath(path.isEmpty() ? "/" : path);
		if (StringUtils.hasText(config.getDomain())) {
			cookie.setDomain(config.getDomain());
		}
		boolean expires = "".equals(value.getCookieValue());
		cookie.setMaxAge(expires ? 0 : config.getMaxAge());
		cookie.setSecure(config.isSecure() || request.isSecure());
		cookie.setHttpOnly(this.httpOnly);
		config.getAttributes().forEach((name, text) -> {
			if (!KNOWN.contains(name.toLowerCase(Locale.ROOT))) {
				cookie.setAttribute(name, text);
			}
		});
		value.getResponse().addCookie(cookie);
	}

	@Override
	public List<String> readCookieValues(HttpServletRequest request) {
		Cookie[] cookies = request.getCookies();
		List<String> values = new ArrayList<>();
		if (cookies != null) {
			String name = name(config(request));
			for (Cookie cookie : cookies) {
				if (cookie.getName().equals(name)) {
					values.add(cookie.getValue());
				}
			}
		}
		return values;
	}

}
