package io.unicorn.boot.dashboard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRegistration;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;

import org.springframework.web.util.HtmlUtils;
import org.springframework.web.util.UriUtils;

/**
 * Serves the live page of the pool at {@value #PATH}, and its files below. It knows
 * nothing of the pool: the page asks the endpoint {@code unicorn} with the credentials of
 * the user's browser. All links are relative, so that they are right below a context path
 * and behind a proxy that adds a prefix.
 */
public final class DashboardServlet extends HttpServlet {

	/** Where the page is, below the context path. */
	public static final String PATH = "/unicorn";

	/** The page loads nothing from elsewhere and runs no code but its files. */
	private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; "
			+ "connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

	/** The name that Spring Boot gives to the servlet that has the endpoints. */
	private static final String DISPATCHER_SERVLET = "dispatcherServlet";

	private final Supplier<String> endpoint;

	private final boolean writable;

	/** By what follows the page's path; filled once, before the first request. */
	private final Map<String, DashboardFile> files = new HashMap<>();

	/**
	 * Create.
	 * @param endpoint the path of the endpoint, as the servlet that has it knows it; not
	 * called before the first request
	 * @param writable whether the endpoint may change the pool
	 */
	public DashboardServlet(Supplier<String> endpoint, boolean writable) {
		this.endpoint = endpoint;
		this.writable = writable;
	}

	@Override
	public void init() throws ServletException {
		try {
			this.files.put("/page.js", DashboardFile.own("page.js", DashboardFile.JAVASCRIPT));
			this.files.put("/page.css", DashboardFile.own("page.css", DashboardFile.CSS));
			addLibrary("uPlot.iife.min.js", DashboardFile.JAVASCRIPT);
			addLibrary("uPlot.min.css", DashboardFile.CSS);
			this.files.put("",
					DashboardFile.own("page.html", DashboardFile.HTML)
						.with("endpoint", HtmlUtils.htmlEscape(relative(dispatcherPath() + this.endpoint.get())))
						.with("writable", Boolean.toString(this.writable)));
		}
		catch (IOException ex) {
			throw new ServletException(ex);
		}
	}

	private void addLibrary(String name, String type) throws IOException {
		DashboardFile file = DashboardFile.uplot(name, type);
		if (file != null) {
			this.files.put("/" + name, file);
		}
	}

	/** Return {@code spring.mvc.servlet.path}, of whichever context this is. */
	private String dispatcherPath() {
		ServletRegistration dispatcher = getServletContext().getServletRegistration(DISPATCHER_SERVLET);
		return (dispatcher == null) ? ""
				: dispatcher.getMappings()
					.stream()
					.filter((mapping) -> mapping.endsWith("/*"))
					.map((mapping) -> mapping.substring(0, mapping.length() - 2))
					.findFirst()
					.orElse("");
	}

	/** Return a path below the context path as the page has to write it. */
	private static String relative(String path) {
		return "." + UriUtils.encodePath(path, StandardCharsets.UTF_8);
	}

	@Override
	protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
		String path = request.getPathInfo();
		if ("/".equals(path)) {
			response.setStatus(HttpServletResponse.SC_FOUND);
			response.setHeader("Location", ".." + PATH);
			return;
		}
		DashboardFile file = this.files.get((path != null) ? path : "");
		if (file == null) {
			response.sendError(HttpServletResponse.SC_NOT_FOUND);
			return;
		}
		send(file, request, response);
	}

	private static void send(DashboardFile file, HttpServletRequest request, HttpServletResponse response)
			throws IOException {
		response.setHeader("Content-Security-Policy", POLICY);
		response.setHeader("X-Content-Type-Options", "nosniff");
		response.setHeader("Referrer-Policy", "no-referrer");
		response.setHeader("Cache-Control", "no-cache");
		response.setHeader("ETag", file.tag());
		if (file.tag().equals(request.getHeader("If-None-Match"))) {
			response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
			return;
		}
		response.setContentType(file.type());
		byte[] content = file.content().getBytes(StandardCharsets.UTF_8);
		response.setContentLength(content.length);
		response.getOutputStream().write(content);
	}

}
