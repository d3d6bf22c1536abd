//! screen: crossterm's raw mode, alternate screen, keys and sizes, and the size as rustix asks the kernel for
//! it. q ends.

use crossterm::event::{read, Event, KeyCode, KeyEvent};
use crossterm::style::{Print, Stylize};
use crossterm::{cursor, execute, terminal};
use rustix::termios::{isatty, tcgetwinsize};
use std::io::{stdin, stdout, Error, Result, Write};

fn show(last: &str) -> Result<()> {
    let (columns, rows) = terminal::size()?;
    let asked = tcgetwinsize(stdout()).map_err(Error::from)?;
    execute!(
        stdout(),
        terminal::Clear(terminal::ClearType::All),
        cursor::MoveTo(0, 0),
        Print(format!("screen of {columns} by {rows}").bold()),
        cursor::MoveTo(0, 1),
        Print(format!("rustix: {} by {}", asked.ws_col, asked.ws_row)),
        cursor::MoveTo(0, 3),
        Print(format!("last: {last}"))
    )
}

fn run() -> Result<()> {
    show("nothing")?;
    loop {
        match read()? {
            Event::Key(KeyEvent { code: KeyCode::Char('q'), .. }) => return Ok(()),
            Event::Key(key) => show(&format!("{:?} {:?}", key.code, key.modifiers))?,
            Event::Resize(columns, rows) => show(&format!("resized to {columns} {rows}"))?,
            _ => {}
        }
    }
}

fn main() -> Result<()> {
    println!("terminal {} {}", isatty(stdin()), isatty(stdout()));
    terminal::enable_raw_mode()?;
    execute!(stdout(), terminal::EnterAlternateScreen)?;
    let result = run();
    execute!(stdout(), terminal::LeaveAlternateScreen)?;
    terminal::disable_raw_mode()?;
    writeln!(stdout(), "done {result:?}")
}
