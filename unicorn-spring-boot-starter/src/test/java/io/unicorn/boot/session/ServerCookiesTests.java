package io.unicorn.boot.session;

import jakarta.servlet.http.Cookie;
import org.junit.jupiter.api.Test;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.session.web.http.CookieSerializer.CookieValue;

import static org.assertj.core.api.Assertions.assertThat;

class ServerCookiesTests {

	private final MockHttpServletRequest request = new MockHttpServletRequest();

	private final MockHttpServletResponse response = new MockHttpServletResponse();

	@Test
	void anIdThatTheClientHasSentIsNotWrittenOverALaterOne() {
		this.request.setCookies(new Cookie("JSESSIONID", "before"));
		write("before");
		assertThat(this.response.getCookies()).isEmpty();
		write("after");
		assertThat(this.response.getCookie("JSESSIONID")).extracting(Cookie::getValue).isEqualTo("after");
	}

	@Test
	void theCookieOfASessionThatHasEndedIsRemoved() {
		this.request.setCookies(new Cookie("JSESSIONID", "before"));
		write("");
		assertThat(this.response.getCookie("JSESSIONID")).extracting(Cookie::getMaxAge).isEqualTo(0);
	}

	private void write(String id) {
		new ServerCookies(true).writeCookieValue(new CookieValue(this.request, this.response, id));
	}

}
