package io.unicorn.boot.dashboard;

import java.util.List;

import jakarta.servlet.ServletRegistration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockServletConfig;
import org.springframework.mock.web.MockServletContext;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

class DashboardServletTests {

	private String endpoint = "/actuator/unicorn";

	private String dispatcherMapping = "/";

	private boolean writable;

	private MockHttpServletResponse send(MockHttpServletRequest request) throws Exception {
		ServletRegistration dispatcher = mock(ServletRegistration.class);
		given(dispatcher.getMappings()).willReturn(List.of(this.dispatcherMapping));
		MockServletContext context = new MockServletContext() {

			@Override
			public ServletRegistration getServletRegistration(String name) {
				assertThat(name).isEqualTo("dispatcherServlet");
				return dispatcher;
			}

		};
		DashboardServlet servlet = new DashboardServlet(() -> this.endpoint, this.writable);
		servlet.init(new MockServletConfig(context));
		MockHttpServletResponse response = new MockHttpServletResponse();
		servlet.service(request, response);
		return response;
	}

	private static MockHttpServletRequest request(String method, @Nullable String pathInfo) {
		MockHttpServletRequest request = new MockHttpServletRequest(method, "/shop/unicorn");
		request.setContextPath("/shop");
		request.setServletPath("/unicorn");
		request.setPathInfo(pathInfo);
		return request;
	}

	private MockHttpServletResponse get(@Nullable String pathInfo) throws Exception {
		return send(request("GET", pathInfo));
	}

	@Test
	void thePageLoadsNothingFromElsewhereAndRunsNoCodeButItsFiles() throws Exception {
		MockHttpServletResponse page = get(null);
		assertThat(page.getStatus()).isEqualTo(200);
		assertThat(page.getContentType()).isEqualTo("text/html;charset=UTF-8");
		assertThat(page.getHeader("Content-Security-Policy")).startsWith("default-src 'none'; script-src 'self';")
			.doesNotContain("unsafe", "*", "http:");
		assertThat(page.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
		assertThat(page.getHeader("Cache-Control")).isEqualTo("no-cache");
		assertThat(page.getContentAsString()).contains("src=\"unicorn/page.js\"")
			.doesNotContain("{{", "://", "=\"/", "<style", "style=", "onclick");
	}

	@ParameterizedTest
	@CsvSource({ "/page.js, text/javascript;charset=UTF-8", "/page.css, text/css;charset=UTF-8",
			"/uPlot.iife.min.js, text/javascript;charset=UTF-8", "/uPlot.min.css, text/css;charset=UTF-8" })
	void theFilesOfThePageAreThere(String path, String type) throws Exception {
		MockHttpServletResponse file = get(path);
		assertThat(file.getStatus()).isEqualTo(200);
		assertThat(file.getContentType()).isEqualTo(type);
		assertThat(file.getContentAsByteArray()).hasSizeGreaterThan(1000).hasSize(file.getContentLength());
		assertThat(get(null).getContentAsString()).contains("\"unicorn" + path + "\"");
	}

	@ParameterizedTest
	@ValueSource(strings = { "/page.html", "/nothing.js", "/../page.js", "/page.js/", "//page.js",
			"/../../../../application.yml", "/uPlot.cjs.js" })
	void nothingElseIsThere(String path) throws Exception {
		assertThat(get(path).getStatus()).isEqualTo(404);
	}

	@ParameterizedTest
	@ValueSource(strings = { "POST", "PUT", "DELETE" })
	void thePageIsOnlyRead(String method) throws Exception {
		assertThat(send(request(method, null)).getStatus()).isEqualTo(405);
		assertThat(send(request(method, "/reload")).getStatus()).isEqualTo(405);
	}

	@Test
	void aSlashAtTheEndIsRemovedByARelativeRedirect() throws Exception {
		MockHttpServletResponse response = get("/");
		assertThat(response.getStatus()).isEqualTo(302);
		assertThat(response.getHeader("Location")).isEqualTo("../unicorn");
	}

	@Test
	void aFileThatTheBrowserHasIsNotSentAgain() throws Exception {
		MockHttpServletRequest again = request("GET", "/page.js");
		again.addHeader("If-None-Match", get("/page.js").getHeader("ETag"));
		MockHttpServletResponse response = send(again);
		assertThat(response.getStatus()).isEqualTo(304);
		assertThat(response.getContentAsByteArray()).isEmpty();
	}

	@ParameterizedTest
	@CsvSource({ "/, /actuator/unicorn, ./actuator/unicorn", "/mvc/*, /actuator/unicorn, ./mvc/actuator/unicorn",
			"/, /manage/pool, ./manage/pool", "/, '/a \"<&/unicorn', ./a%20%22%3C&amp;/unicorn" })
	void thePageFindsTheEndpointBesideItself(String mapping, String path, String link) throws Exception {
		this.dispatcherMapping = mapping;
		this.endpoint = path;
		assertThat(get(null).getContentAsString()).contains("data-endpoint=\"" + link + "\"");
	}

	@Test
	void thePageKnowsWhetherThePoolMayBeChanged() throws Exception {
		assertThat(get(null).getContentAsString()).contains("data-writable=\"false\"");
		this.writable = true;
		assertThat(get(null).getContentAsString()).contains("data-writable=\"true\"");
	}

}
